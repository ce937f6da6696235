import CEos
import Testing

/// Bad settings: each an error on one line that names key and value.
@Suite struct MLPConfigurationTests {
    static let data = " data.generator=clusters data.train=50"

    @Test(arguments: [
        ("activation=tanh" + data, ["layers is missing"]),
        ("layers=[16]" + data, ["layers has 1 entries", "at least 2"]),
        ("layers=[15,10]" + data, ["layers begins with 15", "16 features", "begin it with 16"]),
        ("layers=[16,8,9]" + data, ["layers ends with 9", "10 classes", "end it with 10"]),
        ("layers=[16,2.5,10]" + data, ["entry 2 is 2.5", "integer"]),
        ("layers=[16,0,10]" + data, ["layers", "0", "out of range"]),
        ("layers=[16,-3,10]" + data, ["layers", "-3", "out of range"]),
        ("layers=[16,3000000000,10]" + data, ["layers", "3000000000", "out of range"]),
        ("layers=mlp" + data, ["layers", "an array of numbers"]),
        ("layers=[16,10] activation=relo" + data, ["activation = \"relo\"", "did you mean relu?"]),
        ("layers=[16,10] loss=hinge" + data, ["loss = \"hinge\"", "mse, cross-entropy"]),
        ("layers=[16,10] init=normal" + data, ["init = \"normal\"", "uniform-fan-in"]),
        ("layers=[16,10] dtype=f16" + data, ["dtype = \"f16\"", "f32, f64"]),
        ("layers=[16,10] bias=1" + data, ["bias = 1", "true or false"]),
        ("layers=[16,10] init_scale=-1" + data, ["init_scale = -1", "out of range"]),
        ("layers=[16,10] width=5" + data, ["unknown key width"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("mlp", settings, status: EOS_E_CONFIG, saying: fragments)
    }

    @Test(arguments: [
        ("layers=[16,2147483647,2147483647,10]" + data, ["layer 2", "2147483647 x 2147483647"]),
        ("layers=[16,2000000000,10]" + data, ["not enough memory", "bytes"]),
    ])
    func networksTooLargeForMemoryAreRefused(settings: String, fragments: [String]) {
        expectRefusal("mlp", settings, status: EOS_E_MEMORY, saying: fragments)
    }
}

/// Expects that an objective is refused on one line with the plugin's name and every fragment.
func expectRefusal(
    _ id: String, _ settings: String, status: Int, saying fragments: [String],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        _ = try Plugins.make(id, settings)
        Issue.record("\(settings) was accepted", sourceLocation: sourceLocation)
    } catch {
        #expect(Int(error.status) == status, "\(error)", sourceLocation: sourceLocation)
        for fragment in fragments + [id] {
            #expect(error.message.contains(fragment), "\(error)", sourceLocation: sourceLocation)
        }
        #expect(!error.message.contains("\n"), "\(error)", sourceLocation: sourceLocation)
    }
}
