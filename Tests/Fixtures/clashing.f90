! A gamma of its own, and the language's.
module own
  use iso_c_binding
contains
  real(c_double) function own_gamma(x) bind(c, name="gamma")
    real(c_double), value :: x
    own_gamma = x * x
  end function
  ! x1^2 + Gamma(5) = x1^2 + 24
  real(c_double) function clashing(x, gradient) bind(c, name="clashing")
    real(c_double), intent(in) :: x(2)
    real(c_double), intent(out) :: gradient(2)
    character(len=16) :: text
    real(c_double) :: five
    write (text, '(f8.3)') 5.0d0
    read (text, *) five
    gradient = [2 * x(1), 0.0d0]
    clashing = own_gamma(x(1)) + gamma(five)
  end function
end module
