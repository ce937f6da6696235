import CEos
import EosCore
import EosPluginHost
import Foundation
import Testing

@Suite struct TrustTests {
    /// /tmp/X/plugins/a.so, all as it should be, for a `Trust` that takes the test's program for nothing special.
    private func withPlugin(_ body: (_ directory: String, _ file: String) throws -> Void) throws {
        try Fixture.withDirectory { place in
            let directory = try #require(resolved(place.path())) + "/plugins"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let file = directory + "/a.so"
            try Data().write(to: URL(filePath: file))
            for path in [directory, file, place.path()] { chmod(path, 0o755) }
            try body(directory, file)
        }
    }

    private func refusal(_ file: String, user: uid_t = geteuid(), program: String? = nil) -> String? {
        do throws(EosError) {
            _ = try Trust(user: user, program: program).check(file: file)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func takesFilesOfTheUser() throws {
        try withPlugin { directory, file in
            #expect(refusal(file) == nil)
            let checked = try Trust(program: nil).check(file: file)
            let place = try Trust(program: nil).check(directory: directory + "/../plugins")
            #expect(checked == file && place == directory)
            let error = #expect(throws: EosError.self) { try Trust().check(file: directory + "/none.so") }
            #expect(error == EosError(EOS_E_IO, "\(directory)/none.so: No such file or directory"))
        }
    }

    @Test func refusesWhatEveryoneMayWrite() throws {
        try withPlugin { directory, file in
            chmod(file, 0o646)
            #expect(
                refusal(file) == "\(file): is not trusted: it is writable by everyone (mode 646); run chmod o-w \(file)"
            )
            chmod(file, 0o644)
            chmod(directory, 0o757)
            let place = "the directory \(directory) is writable by everyone (mode 757); run chmod o-w \(directory)"
            #expect(refusal(file) == "\(file): is not trusted: \(place)")
            // Sticky protects names, not what may be added beside them.
            chmod(directory, 0o1777)
            #expect(refusal(file)?.contains("(mode 1777)") == true)
            #expect(throws: EosError.self) { try Trust().check(directory: directory) }
            chmod(directory, 0o755)
            let above = URL(filePath: directory).deletingLastPathComponent().path
            chmod(above, 0o777)
            #expect(
                refusal(file)
                    == "\(file): is not trusted: the directory \(above), above it, is writable by everyone (mode 777); "
                    + "run chmod o-w \(above)")
            // As /tmp is.
            chmod(above, 0o1777)
            #expect(refusal(file) == nil)
        }
    }

    @Test func directoriesAboveTheProgramAreNotQuestioned() throws {
        try withPlugin { directory, file in
            let above = URL(filePath: directory).deletingLastPathComponent().path
            chmod(above, 0o777)
            #expect(refusal(file, program: above + "/bin/eos") == nil)
            #expect(refusal(file, program: above + "x/bin/eos") != nil)
            chmod(directory, 0o777)
            #expect(refusal(file, program: directory + "/eos") != nil)
        }
    }

    @Test func linksAreResolvedFirst() throws {
        try withPlugin { directory, file in
            let (bad, link) = (directory + "/bad.txt", directory + "/link.so")
            try Data().write(to: URL(filePath: bad))
            chmod(bad, 0o666)
            symlink(bad, link)
            #expect(
                refusal(link)
                    == "\(link): is not trusted: its target \(bad) is writable by everyone (mode 666); "
                    + "run chmod o-w \(bad)"
            )
            unlink(link)
            symlink(file, link)
            let checked = try Trust().check(file: link)
            #expect(checked == file)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func refusesWhatOthersOwn() throws {
        try withPlugin { directory, file in
            let owner = "who is neither root nor root"
            chown(file, 12345, 0)
            #expect(
                refusal(file)
                    == "\(file): is not trusted: it is owned by user 12345, \(owner); if you trust it, run chown 0 "
                    + "\(file)"
            )
            // To that user it is as good as root's.
            chown(directory, 12345, 0)
            #expect(refusal(file, user: 12345) == nil)
            chown(file, 0, 0)
            #expect(refusal(file)?.contains("the directory \(directory) is owned by user 12345") == true)
            #expect(refusal(file, user: 12346)?.contains("neither root nor user 12346") == true)
            chown(directory, 0, 0)
            let above = URL(filePath: directory).deletingLastPathComponent().path
            chown(above, 12345, 0)
            #expect(refusal(file)?.contains("the directory \(above), above it, is owned by user 12345") == true)
            #expect(refusal(file, program: above + "/bin/eos") == nil)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files to any group"))
    func refusesWhatAGroupMayWrite() throws {
        try withPlugin { directory, file in
            chown(file, 0, 12345)
            chmod(file, 0o664)
            #expect(
                refusal(file)
                    == "\(file): is not trusted: it is writable by the group 12345 (mode 664); run chmod g-w \(file)")
            // Root's group, and one that holds nobody but the user.
            chown(file, 0, 0)
            #expect(refusal(file) == nil)
            let games = try #require(getpwnam("games")?.pointee)
            chown(file, games.pw_uid, games.pw_gid)
            #expect(refusal(file, user: games.pw_uid) == nil)
            // The first group of several users.
            let nobody = try #require(getpwnam("nobody")?.pointee)
            chown(file, nobody.pw_uid, nobody.pw_gid)
            #expect(refusal(file, user: nobody.pw_uid)?.contains("writable by the group nogroup") == true)
        }
    }
}
