import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// Saved and loaded, later evaluations are the same; what was damaged is refused.
    static var state: Check {
        Check("state", "state is saved and loaded, and damaged state is refused") { subject throws(EosError) in
            let instance = try subject.make()
            guard let save = instance.ops.save, let load = instance.ops.load else {
                return .skipped("the table has neither save nor load")
            }
            let points = try instance.points().map(\.x)
            func go(_ instance: Instance) throws(EosError) -> [Instance.Evaluation] {
                var result: [Instance.Evaluation] = []
                for x in points + points.reversed() { result.append(try instance.evaluate(x.pointer)) }
                return result
            }
            _ = try go(instance)
            let saved = StateStream.collect { save(instance.pointer, $0) }
            try instance.require(saved.status, "save")
            let later = try go(instance)

            let other = try subject.make()
            _ = try other.evaluate(points[1].pointer)
            for (loader, name) in [(other, "another instance"), (instance, "the same instance")] {
                try instance.require(StateStream.provide(saved.bytes) { load(loader.pointer, $0) }, "load")
                if instance.isDeterministic, try go(loader) != later {
                    return .fail(
                        "evaluations of \(name) after load differ from those after save; save all state that they use"
                    )
                }
            }
            var findings = pieces(instance, saved.bytes, save, load)
            findings += try damages(subject, saved.bytes, load, points[0])
            return findings.orPass("\(saved.bytes.count) bytes, evaluations continue to the same bits")
        }
    }

    private static func pieces(
        _ instance: Instance, _ state: [UInt8],
        _ save: (UnsafeMutableRawPointer?, UnsafePointer<eos_writer>?) -> eos_status,
        _ load: (UnsafeMutableRawPointer?, UnsafePointer<eos_reader>?) -> eos_status
    ) -> [Finding] {
        guard StateStream.provide(state, piece: 1, { load(instance.pointer, $0) }) == EOS_OK else {
            return .fail("load fails with a reader that gives one byte at a time; read on, as eos_read_all does")
        }
        let again = StateStream.collect(piece: 1) { save(instance.pointer, $0) }
        guard again.status == EOS_OK, again.bytes == state else {
            return .fail(
                "save returns \(again.status) and leaves \(again.bytes.count) of \(state.count) bytes, or other "
                    + "ones, with a writer "
                    + "that takes one byte at a time; write on, as eos_write_all does")
        }
        if !state.isEmpty {
            let full = StateStream.collect(room: state.count - 1) { save(instance.pointer, $0) }
            if full.status == EOS_OK {
                return .fail("save returns EOS_OK although the writer failed; return its status")
            }
        }
        return []
    }

    private static func damages(
        _ subject: ObjectiveSubject, _ state: [UInt8],
        _ load: (UnsafeMutableRawPointer?, UnsafePointer<eos_reader>?) -> eos_status, _ x: Vector
    ) throws(EosError) -> [Finding] {
        var accepted: [String] = []
        for damage in StateStream.damaged(state) {
            subject.parent.note("loading state \(damage.name)")
            let instance = try subject.make()
            let before = try instance.evaluate(x.pointer)
            let status = StateStream.provide(damage.bytes) { load(instance.pointer, $0) }
            if status == EOS_OK, damage.isCut {
                return .fail("load accepts state \(damage.name); return EOS_E_FORMAT, as eos_read_all does")
            }
            if status == EOS_OK { accepted.append(damage.name) }
            let after = try instance.evaluate(x.pointer)
            if status != EOS_OK, instance.isDeterministic, after != before {
                return .fail(
                    "after load refused state \(damage.name) evaluations have different bits; change nothing in this "
                        + "case"
                )
            }
        }
        guard let first = accepted.first else { return [] }
        return .warning(
            "load accepts \(accepted.count) kinds of damaged state, such as state \(first); checkpoints of eos have "
                + "a checksum, but "
                + "state from other sources would be accepted; check a length, a version or a checksum")
    }
}
