! Brent's search for a minimum without derivatives, its function external and everything by reference.
double precision function fmin(a, b, f, tolerance)
    implicit none
    double precision :: a, b, tolerance
    double precision, external :: f
    double precision, parameter :: golden = 0.3819660112501051d0
    double precision :: low, high, x, w, v, fx, fw, fv, u, fu, d, e, m, tol, p, q, r
    integer :: i
    low = a
    high = b
    x = low + golden * (high - low)
    w = x
    v = x
    fx = f(x)
    fw = fx
    fv = fx
    d = 0
    e = 0
    do i = 1, 60
        m = (low + high) / 2
        tol = tolerance * abs(x) + 1d-12
        if (abs(x - m) <= 2 * tol - (high - low) / 2) exit
        p = 0
        q = 0
        r = 0
        if (abs(e) > tol) then
            r = (x - w) * (fx - fv)
            q = (x - v) * (fx - fw)
            p = (x - v) * q - (x - w) * r
            q = 2 * (q - r)
            if (q > 0) p = -p
            q = abs(q)
            r = e
            e = d
        end if
        if (abs(p) < abs(q * r / 2) .and. p > q * (low - x) .and. p < q * (high - x)) then
            d = p / q
            u = x + d
            if (u - low < 2 * tol .or. high - u < 2 * tol) d = sign(tol, m - x)
        else
            if (x < m) then
                e = high - x
            else
                e = low - x
            end if
            d = golden * e
        end if
        if (abs(d) >= tol) then
            u = x + d
        else
            u = x + sign(tol, d)
        end if
        fu = f(u)
        if (fu <= fx) then
            if (u < x) then
                high = x
            else
                low = x
            end if
            v = w
            fv = fw
            w = x
            fw = fx
            x = u
            fx = fu
        else
            if (u < x) then
                low = u
            else
                high = u
            end if
            if (fu <= fw .or. abs(w - x) <= 0) then
                v = w
                fv = fw
                w = u
                fw = fu
            else if (fu <= fv .or. abs(v - x) <= 0 .or. abs(v - w) <= 0) then
                v = u
                fv = fu
            end if
        end if
    end do
    fmin = x
end function
