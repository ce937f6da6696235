import Foundation
import TestSupport
import Testing

/// What is made from the parsers of the commands.
@Suite struct ManualTests {
    @Test func everyCommandHasACleanPage() throws {
        let place = try TemporaryDirectory()
        for (program, section) in [("eos", 1), ("eosd", 8)] {
            let made = try run("scripts/manpages '\(Tree.products)/\(program)' \(section) '\(place.path)'")
            #expect(made.status == 0, "\(made.output)")
        }
        let pages = try FileManager.default.contentsOfDirectory(atPath: place.path)
        for page in ["eos.1", "eos-submit.1", "eos-plugin-check.1", "eosd.8"] { #expect(pages.contains(page)) }
        let lint = try run("mandoc -Tlint *", in: place.path)
        #expect(lint.status == 0 && lint.output.isEmpty, "\(lint.output)")
        let page = try run("mandoc -Tascii eos-wait.1", in: place.path).output.replacing(#/.\u{8}/#, with: "")
        #expect(page.contains("eos wait [--timeout seconds] [--json] run ..."), "\(page)")
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreMade(shell: String) throws {
        for program in ["eos", "eosd"] {
            let script = try run("'\(Tree.products)/\(program)' --generate-completion-script \(shell)")
            #expect(script.status == 0 && script.output.contains(program))
            if isInstalled(shell) {
                let place = try TemporaryDirectory()
                try Data(script.output.utf8).write(to: URL(filePath: place.path + "/script"))
                let read = try run("\(shell) -n script", in: place.path)
                #expect(read.status == 0 && read.output.isEmpty, "\(read.output)")
            }
        }
    }

    @Test func idsOfRunsAreCompleted() throws {
        try Daemon.with { eos in
            let id = try eos.submit()
            let script = """
                source <('\(Tree.products)/eos' --generate-completion-script bash)
                COMP_WORDS=(eos show val) COMP_CWORD=2 COMP_LINE='eos show val' COMP_POINT=12
                _eos eos val show
                echo "${COMPREPLY[@]}"
                """
            try eos.write(script, to: "script")
            let completed = try run(
                "PATH='\(Tree.products)':$PATH bash script", in: eos.directory,
                environment: ["EOS_SOCKET": eos.directory + "/s"])
            #expect(completed.lines == [id], "\(completed.output)")
        }
    }
}
