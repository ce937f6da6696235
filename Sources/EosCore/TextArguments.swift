import CEos

/// Refuses an argument of this program that is not UTF-8. Swift repairs such an argument, and a repaired path names
/// another file.
///
/// - Throws: `EOS_E_INVALID` with the number and the bytes of the argument.
public func requireTextArguments() throws(EosError) {
    for index in 0..<Int(CommandLine.argc) {
        guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
        throw EosError(
            EOS_E_INVALID,
            "argument \(index), \"\(readableText(argument))\", is not UTF-8; give text, and rename files whose names are "
                + "not UTF-8")
    }
}
