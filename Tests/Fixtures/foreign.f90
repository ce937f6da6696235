! Routines in Fortran, all arguments by reference: a plain one, and CUTEst's calling convention.
! f = sum i (x_i - i)^2, g its gradient.
subroutine fg(n, x, f, g)
    implicit none
    integer, intent(in) :: n
    double precision, intent(in) :: x(n)
    double precision, intent(out) :: f, g(n)
    integer :: i
    f = 0
    do i = 1, n
        f = f + i * (x(i) - i)**2
        g(i) = 2 * i * (x(i) - i)
    end do
end subroutine

! The same in single precision, as a function.
real function single(n, x, g)
    implicit none
    integer(8), intent(in) :: n
    real, intent(in) :: x(n)
    real, intent(out) :: g(n)
    integer :: i
    single = 0
    do i = 1, int(n)
        single = single + i * (x(i) - i)**2
        g(i) = 2 * i * (x(i) - i)
    end do
end function

subroutine cutest_usetup(status, input)
    implicit none
    integer, intent(out) :: status
    integer, intent(in) :: input
    logical :: is_ready
    common /state/ is_ready
    status = merge(0, 2, input == 55)
    is_ready = .true.
end subroutine

subroutine cutest_udimen(status, input, n)
    implicit none
    integer, intent(out) :: status, n
    integer, intent(in) :: input
    logical :: is_ready
    common /state/ is_ready
    status = merge(0, 2, is_ready .and. input == 55)
    n = 4
end subroutine

! Extended Rosenbrock in the pairs (1, 2) and (3, 4).
subroutine cutest_uofg(status, n, x, f, g, grad)
    use, intrinsic :: iso_c_binding
    implicit none
    integer, intent(out) :: status
    integer, intent(in) :: n
    double precision, intent(in) :: x(n)
    double precision, intent(out) :: f, g(n)
    logical(c_bool), intent(in) :: grad
    integer :: i
    logical :: is_ready
    common /state/ is_ready
    status = merge(0, 3, is_ready .and. x(1) < 100)
    f = 0
    do i = 1, n, 2
        f = f + 100 * (x(i + 1) - x(i)**2)**2 + (1 - x(i))**2
        if (grad) then
            g(i) = -400 * (x(i + 1) - x(i)**2) * x(i) - 2 * (1 - x(i))
            g(i + 1) = 200 * (x(i + 1) - x(i)**2)
        end if
    end do
end subroutine

subroutine cutest_uhprod(status, n, goth, x, vector, result)
    use, intrinsic :: iso_c_binding
    implicit none
    integer, intent(out) :: status
    integer, intent(in) :: n
    logical(c_bool), intent(in) :: goth
    double precision, intent(in) :: x(n), vector(n)
    double precision, intent(out) :: result(n)
    integer :: i
    status = merge(3, 0, goth)
    do i = 1, n, 2
        result(i) = (1200 * x(i)**2 - 400 * x(i + 1) + 2) * vector(i) - 400 * x(i) * vector(i + 1)
        result(i + 1) = -400 * x(i) * vector(i) + 200 * vector(i + 1)
    end do
end subroutine
