/// Roles of arguments that are functions which C calls back.
extension RoleSyntax {
    static let callbacks: [RoleSyntax] = searches + observers
}
