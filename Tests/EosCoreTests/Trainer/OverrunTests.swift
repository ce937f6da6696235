import CEos
import EosCore
import Testing

/// An objective that writes one number too many is found out in every kind of request.
@Suite struct OverrunTests {
    @Test(arguments: ["constant", "nls", "wolfe", "lbfgs"], [false, true])
    func gradientsThatAreTooLongAreRefused(_ id: String, _ atTheStart: Bool) throws {
        let problem = Problem(start: [1, 1]) { x in
            dot(x, x)
        } gradient: { x in
            x.map { 2 * $0 } + (atTheStart || x != [1, 1] ? [7] : [])
        }
        let training = try Trained(
            problem, try policy(id, id == "constant" ? "step=0.1" : ""), "stop.iterations=5", curvature: false)
        let error = failure { try training.run() }
        #expect(error.status == EOS_E_PLUGIN)
        #expect(error.message.contains("wrote past the end of the gradient (2 elements)"), "\(error.message)")
        #expect(training.trainer.progress.iteration == 0)
    }
}
