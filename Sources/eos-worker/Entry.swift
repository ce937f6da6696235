import Glibc

/// Executes on behalf of other processes what they would not load themselves.
@main
enum Entry {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--check" { try CheckCommand.run(Array(arguments.dropFirst())) }
    }
}
