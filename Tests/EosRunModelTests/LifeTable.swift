/// What follows from every event in every life, a rule a line: event, holds, states, what the run is then, effects in
/// order. `=` is what it was, `said` what it
/// was told to be, `*` is any, `-` is none.
enum LifeTable {
    static let text = """
        found held         | *                   | queued starting running paused ended lost | = worker | follow
        found held         | *                   | pausing  | = worker+pause | follow, tell pause
        found held         | *                   | stopping | = worker+stop  | follow, tell stop
        found held, pause  | *                   | queued starting running pausing paused ended lost | = worker+pause | follow, tell pause
        found held, pause  | *                   | stopping | = worker+stop  | follow, tell stop
        found held, stop   | *                   | *        | = worker+stop  | follow, tell stop
        found              | *                   | queued   | = queue   | join last
        found              | *                   | starting running pausing stopping | = worker | inquire
        found              | *                   | lost     | = nobody  | judge
        found              | *                   | paused ended | = nobody | -
        found damaged      | *                   | *        | = worker  | inquire
        found, pause       | *                   | queued   | paused nobody | record paused, rest
        found, pause       | *                   | starting running pausing stopping | = worker+pause | inquire
        found, stop        | *                   | queued   | cancelled nobody | record cancelled, rest
        found, stop        | *                   | starting running pausing stopping | = worker+stop | inquire
        found, pause       | *                   | lost     | paused nobody | record paused, rest
        found, stop        | *                   | lost paused | cancelled nobody | record cancelled, rest
        found, pause       | *                   | paused ended | = nobody | -
        found, stop        | *                   | ended    | = nobody | -

        pause              | nobody worker+stop  | *        | cannotPause | -
        pause              | queue delay         | *        | paused nobody | record paused, leaveQueue
        pause              | worker worker+pause | queued starting running pausing lost | pausing worker+pause | remember pause, tell pause
        pause              | worker worker+pause | stopping paused ended | cannotPause | -
        pause              | here                | starting running | pausing here+pause | record pausing, interrupt pause
        pause              | here                | queued pausing stopping paused ended lost | = = | interrupt pause
        pause              | here+pause here+stop | *       | = = | interrupt pause

        stop               | nobody              | queued paused lost | cancelled nobody | record cancelled, leaveQueue
        stop               | nobody              | starting running pausing stopping ended | hasEnded | -
        stop               | queue delay         | *        | cancelled nobody | record cancelled, leaveQueue
        stop               | worker worker+pause worker+stop | queued starting running pausing stopping paused lost | stopping worker+stop | remember stop, tell stop
        stop               | worker worker+pause worker+stop | ended | hasEnded | -
        stop               | here here+pause     | starting running pausing | stopping here+stop | record stopping, interrupt stop
        stop               | here here+pause     | queued stopping paused ended lost | = = | interrupt stop
        stop               | here+stop           | *        | = = | interrupt stop

        resume             | nobody              | paused   | queued queue | record queued, join last
        resume             | nobody              | queued starting running pausing stopping ended lost | notPaused | -
        resume             | queue delay worker worker+pause worker+stop here here+pause here+stop | * | notPaused | -
        retry              | nobody              | ended lost | queued queue | record queued, readSpec, join last
        retry              | nobody              | queued starting running pausing stopping paused | hasNotEnded | -
        retry              | queue delay worker worker+pause worker+stop here here+pause here+stop | * | hasNotEnded | -
        remove             | nobody              | paused ended lost | = = | remove
        remove             | nobody              | queued starting running pausing stopping | notRemovable | -
        remove             | queue delay worker worker+pause worker+stop here here+pause here+stop | * | notRemovable | -

        turned             | queue               | *        | = = | launch
        started            | queue               | *        | starting worker | follow
        taken              | queue worker        | *        | = worker | follow
        taken              | worker+pause        | *        | = = | follow, tell pause
        taken              | worker+stop         | *        | = = | follow, tell stop
        unstartable        | queue               | *        | paused nobody | record paused, rest
        delayed            | delay               | *        | = queue | join next

        said queued        | worker worker+pause worker+stop | * | queued =   | -
        said starting      | worker              | *        | starting = | -
        said running       | worker              | *        | running =  | -
        said pausing       | worker worker+pause worker+stop | * | pausing =  | -
        said paused        | worker worker+pause worker+stop | * | paused =   | -
        said stopping      | worker worker+pause worker+stop | * | stopping = | -
        said ended         | worker worker+pause worker+stop | * | said =     | -
        said lost          | worker worker+pause worker+stop | * | lost =     | -

        gone nothing       | worker              | *        | lost nobody      | record lost, judge
        gone nothing       | worker+pause        | *        | paused nobody    | record paused, rest
        gone nothing       | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone starting      | worker              | *        | lost nobody      | record lost, judge
        gone starting      | worker+pause        | *        | paused nobody    | record paused, rest
        gone starting      | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone running       | worker              | *        | lost nobody      | record lost, judge
        gone running       | worker+pause        | *        | paused nobody    | record paused, rest
        gone running       | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone pausing       | worker worker+pause | *        | paused nobody    | record paused, rest
        gone pausing       | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone stopping      | worker worker+pause worker+stop | * | cancelled nobody | record cancelled, rest
        gone queued        | worker              | *        | queued queue     | join last
        gone queued        | worker+pause        | *        | paused nobody    | record paused, rest
        gone queued        | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone paused        | worker worker+pause | *        | paused nobody    | rest
        gone paused        | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone lost          | worker              | *        | lost nobody      | judge
        gone lost          | worker+pause        | *        | paused nobody    | record paused, rest
        gone lost          | worker+stop         | *        | cancelled nobody | record cancelled, rest
        gone converged     | worker worker+pause worker+stop | * | converged nobody | rest
        gone cancelled     | worker worker+pause worker+stop | * | cancelled nobody | rest
        gone by own fault  | worker worker+pause worker+stop | * | out_of_memory nobody | record out_of_memory, rest
        gone by force      | worker worker+pause worker+stop | * | timed_out nobody | record timed_out, rest

        judged allowed     | nobody              | lost     | = delay | delay
        judged exhausted   | nobody              | lost     | failed nobody | record failed, rest
        unrecordable       | nobody queue delay worker worker+pause worker+stop | * | lost nobody | -

        begun              | here                | *        | starting = | record starting
        begun              | here+pause          | *        | pausing =  | record starting, record pausing
        begun              | here+stop           | *        | stopping = | record starting, record stopping
        trains             | here                | *        | running =  | record running
        settled failed     | here here+pause here+stop | *  | failed here | record failed
        settled queued     | here here+pause here+stop | *  | queued here | record queued
        """

    /// A line of the table, taken apart.
    struct Rule {
        let event: String
        let holds: [Substring]
        let states: [Substring]
        let result: [Substring]
        let effects: [String]

        init(_ line: Substring) {
            let cells = line.split(separator: "|").map { cell in cell.split(separator: " ").joined(separator: " ") }
            event = cells[0]
            holds = cells[1].split(separator: " ")
            states = cells[2].split(separator: " ")
            result = cells[3].split(separator: " ")
            effects =
                cells[4] == "-"
                ? []
                : cells[4].split(separator: ",").map {
                    $0.split(separator: " ").joined(separator: " ")
                }
        }
    }

    static let rules = text.split(separator: "\n").filter { $0.contains("|") }.map(Rule.init)
}
