/// Arrays that are kept until there is no memory left, as an action of misbehaving.c.
@c public func leak_in_swift() {
    var kept: [[Int]] = []
    while !CommandLine.arguments.isEmpty { kept.append([Int](repeating: kept.count, count: 10_000)) }
    print(kept.count)
}
