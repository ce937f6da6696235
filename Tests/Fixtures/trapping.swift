/// A trap of Swift, as an action of misbehaving.c.
@c public func trap_in_swift() {
    let empty: [Int] = CommandLine.arguments.isEmpty ? [1] : []
    print(empty[CommandLine.arguments.count])
}
