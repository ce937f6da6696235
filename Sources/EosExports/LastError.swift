import CEos
import EosCore
import Glibc
import Synchronization

/// The sentence about the last failure, one for a context and all its objects.
final class LastError: Sendable {
    private let sentence = Mutex("")

    func set(_ message: String) { sentence.withLock { $0 = message } }

    var message: String { sentence.withLock { $0 } }
}

/// The sentence about the last failure on the calling thread, for calls that have no context.
enum ThreadError {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { free($0) }
        return key
    }()

    static func set(_ message: String) {
        free(pthread_getspecific(key))
        pthread_setspecific(key, strdup(message))
    }

    static var message: String {
        pthread_getspecific(key).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) } ?? ""
    }
}

/// Runs the body of an exported function: an error becomes its status, and its sentence is kept.
func reporting(to errors: LastError?, _ body: () throws(EosError) -> Void) -> eos_status {
    do throws(EosError) {
        try body()
        return eos_status(EOS_OK)
    } catch {
        errors?.set(error.message)
        ThreadError.set(error.message)
        return error.status
    }
}

/// The argument, which must not be NULL.
func required<T>(_ argument: T?, _ name: String) throws(EosError) -> T {
    guard let argument else { throw EosError(EOS_E_INVALID, "\(name) is NULL; give a valid pointer") }
    return argument
}

/// The text of an argument, which must be UTF-8 and not NULL: other bytes would come back altered.
func text(_ argument: UnsafePointer<CChar>?, _ name: String) throws(EosError) -> String {
    let argument = try required(argument, name)
    guard let text = String(validatingCString: argument) else {
        throw EosError(EOS_E_INVALID, "\(name) is not UTF-8: \"\(readableText(argument))\"; give it in UTF-8")
    }
    return text
}

@c @implementation
public func eos_last_error(
    _ context: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
    let message = context.map { Context.from($0).errors.message } ?? ThreadError.message
    let bytes = Array(message.utf8)
    if let buffer, size > 0 {
        let count = min(bytes.count, Int(size) - 1)
        for i in 0..<count { buffer[i] = CChar(bitPattern: bytes[i]) }
        buffer[count] = 0
    }
    return Int64(bytes.count)
}
