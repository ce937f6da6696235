/// What one sample looks like; the fields of `eos_dataset`.
struct SampleShape: Equatable {
    enum Layout { case table, series, image }

    var layout: Layout
    var channels: Int
    var steps: Int

    static func table(_ features: Int) -> SampleShape { SampleShape(layout: .table, channels: features, steps: 1) }
    static func series(steps: Int, channels: Int) -> SampleShape {
        SampleShape(layout: .series, channels: channels, steps: steps)
    }
    static func image(planes: Int, pixels: Int) -> SampleShape {
        SampleShape(layout: .image, channels: planes, steps: pixels)
    }

    /// Elements of one sample.
    var features: Int { channels * steps }

    /// The channel of element `index`: planes lie one after the other in an image, channels within a step otherwise.
    func channel(_ index: Int) -> Int { layout == .image ? index / steps : index % channels }
}
