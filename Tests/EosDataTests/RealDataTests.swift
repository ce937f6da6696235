import EosCore
import EosData
import Foundation
import Testing

private let hasData = ProcessInfo.processInfo.environment["EOS_DATA_DIR"] != nil

/// The public sets, with the shapes and sums that their owners state or that NumPy gives.
@Suite(.enabled(if: hasData, "EOS_DATA_DIR is not set: there are no public data sets to read"))
struct RealDataTests {
    private func load(_ keys: String, _ type: ElementType = .f64) throws -> Dataset {
        try Dataset(try configuration(keys), as: type)
    }

    private func counts(_ data: Dataset) -> [Int] {
        data.labels.reduce(into: [Int](repeating: 0, count: Int(data.table.pointee.classes))) { $0[Int($1)] += 1 }
    }

    @Test func digits() throws {
        let data = try load("file=digits/optdigits.tes format=csv")
        #expect(data.shape == [1797, 0, 64, 64, 1, 10])
        #expect(counts(data) == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
        #expect(data.inputs.reduce(0, +) == 561_718)
        #expect(Set(data.inputs) == Set((0...16).map(Double.init)))

        let split = try load("file=digits/optdigits.tes format=csv train=500 test=1000 standardize=global")
        #expect(split.shape == [500, 1000, 64, 64, 1, 10])
        let training = split.inputs[..<(500 * 64)]
        #expect(abs(training.reduce(0, +)) < 1e-9)
        #expect(abs(training.reduce(0) { $0 + $1 * $1 } / 32000 - 1) < 1e-12)
    }

    @Test func pendigits() throws {
        let data = try load("file=pendigits/pendigits.tra test_file=pendigits/pendigits.tes format=csv")
        #expect(data.shape == [7494, 3498, 16, 16, 1, 10])
        #expect(data.sample(0) == [47, 100, 27, 81, 57, 37, 26, 0, 0, 23, 56, 53, 100, 90, 40, 98])
        #expect(data.labels[..<2] == [8, 2])
        let paths = try load("file=pendigits/pendigits.tra format=csv channels=2")
        #expect(paths.shape == [7494, 0, 16, 2, 8, 10])
    }

    @Test(arguments: [ElementType.f32, .f64]) func mnist(type: ElementType) throws {
        let data = try load(
            "file=mnist/train-images-idx3-ubyte.gz labels=mnist/train-labels-idx1-ubyte.gz format=idx "
                + "test_file=mnist/t10k-images-idx3-ubyte.gz test_labels=mnist/t10k-labels-idx1-ubyte.gz", type)
        #expect(data.shape == [60000, 10000, 784, 1, 784, 10])
        #expect(data.labels[..<10] == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(data.labels[60000..<60010] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
        // The mean of the training pixels, over 255, as everybody quotes it.
        let sum = data.inputs[..<(60000 * 784)].reduce(0, +)
        #expect(abs(sum / (60000 * 784 * 255) - 0.1307) < 5e-5)
    }

    @Test func cifar() throws {
        let data = try load(
            "file=cifar10/cifar10_5k_train.bin.gz format=cifar test_file=cifar10/cifar10_1k_test.bin.gz "
                + "standardize=per-channel", .f32)
        #expect(data.shape == [5000, 1000, 3072, 3, 1024, 10])
        #expect(data.labels[..<5] == [6, 9, 9, 4, 1])
        #expect(data.labels[5000..<5005] == [3, 8, 8, 0, 6])
    }

    @Test func basicMotions() throws {
        let data = try load(
            "file=basic_motions/BasicMotions_TRAIN.ts test_file=basic_motions/BasicMotions_TEST.ts format=ts")
        #expect(data.shape == [40, 40, 600, 6, 100, 4])
        #expect(counts(data) == [20, 20, 20, 20])
        #expect(data.labels[0] == 0)
        #expect(data.lengths == nil)
        #expect((0..<6).map { data.sample(0)[$0 * 6] } == [0.079106, 0.079106, -0.903497, 1.116125, 1.6382, 1.003448])
    }

    @Test func japaneseVowels() throws {
        let data = try load(
            "file=japanese_vowels/JapaneseVowels_TRAIN.ts test_file=japanese_vowels/JapaneseVowels_TEST.ts format=ts")
        #expect(data.shape == [270, 370, 12 * 29, 12, 29, 9])
        #expect(counts(data) == [61, 65, 118, 74, 59, 54, 70, 80, 59])
        let lengths = try #require(data.lengths)
        #expect(lengths.min() == 7)
        #expect(lengths.max() == 29)
        #expect(lengths[0] == 20)
        #expect(data.sample(0)[..<2] == [1.860936, -0.207383])
        #expect(data.sample(0)[240...].allSatisfy { $0 == 0 })
    }
}
