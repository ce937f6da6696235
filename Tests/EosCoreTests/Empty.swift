import Testing
@testable import EosCore
