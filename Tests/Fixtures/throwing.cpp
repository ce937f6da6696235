// An exception that leaves C++, as an action of misbehaving.c.
#include <stdexcept>

extern "C" void throw_something() { throw std::runtime_error("thrown through C"); }
