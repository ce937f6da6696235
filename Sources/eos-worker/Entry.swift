/// Executes on behalf of other processes what they would not load themselves.
@main
enum Entry {
    static func main() {}
}
