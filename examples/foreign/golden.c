/* Golden section search for the smallest value of phi between a and b, to a width of tolerance (b - a). */
double golden_section(double a, double b, double (*phi)(double t), double tolerance) {
    const double ratio = 0.6180339887498949;
    double width = tolerance * (b - a);
    double left = b - ratio * (b - a), right = a + ratio * (b - a);
    double at_left = phi(left), at_right = phi(right);
    while (b - a > width) {
        if (at_left <= at_right) {
            b = right;
            right = left, at_right = at_left;
            left = b - ratio * (b - a), at_left = phi(left);
        } else {
            a = left;
            left = right, at_left = at_right;
            right = a + ratio * (b - a), at_right = phi(right);
        }
    }
    return at_left <= at_right ? left : right;
}
