// C++ with a gamma of its own: exceptions, run-time types, streams and threads of the system's library all the same.
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern "C" double gamma(double x);
extern "C" double gamma(double x) { return x * x; }

namespace {
struct Shape {
    virtual ~Shape() = default;
};
struct Square : Shape {
    double side = 3;
};
double thrown(double x) {
    if (x > 0) throw std::out_of_range("positive");
    return x;
}
}  // namespace

// x0^2 + 3 + 8 + 1 + 1
extern "C" double clashing(const double *x, double *gradient);
extern "C" double clashing(const double *x, double *gradient) {
    std::unique_ptr<Shape> shape = std::make_unique<Square>();
    double value = gamma(x[0]) + dynamic_cast<Square &>(*shape).side;
    try {
        value += thrown(1);
    } catch (const std::exception &error) {
        value += static_cast<double>(std::string(error.what()).size());
    }
    try {
        value += std::stod("none");
    } catch (const std::invalid_argument &) {
        value += 1;
    }
    std::vector<double> sum(2);
    std::thread([&] { sum[1] = 1; }).join();
    std::ostringstream text;
    text << sum[0] + sum[1];
    std::cout << "" << std::flush;
    gradient[0] = 2 * x[0];
    gradient[1] = 0;
    return value + std::stod(text.str());
}
