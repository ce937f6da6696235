/// The candidate that `word` was most likely meant to be, or nil where none is near: at most a third of its letters
/// inserted, deleted, replaced or swapped with their neighbour (Damerau 1964, restricted form), and never all of them.
public func nearest(to word: String, in candidates: [String]) -> String? {
    let length = word.unicodeScalars.count
    let limit = min(max(1, length / 3), length - 1)
    let ranked = candidates.map { ($0, editDistance(word.lowercased(), $0.lowercased())) }
    if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= limit { return best.0 }
    // "file" for "data.file": the same last part counts as near.
    return candidates.first { $0.split(separator: ".").last == word.split(separator: ".").last }
}

private func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforePrevious[j - 2] + 1)
            }
        }
        (beforePrevious, previous) = (previous, row)
    }
    return previous[b.count]
}
