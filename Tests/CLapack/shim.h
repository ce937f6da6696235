/* The one routine of LAPACK that tests compare with. */
#ifndef EOS_TESTS_LAPACK_H
#define EOS_TESTS_LAPACK_H

/* Eigenvalues, ascending, of the symmetric matrix a (n x n, column-major, destroyed); lengths of strings are not passed
 * because LAPACK looks at their first letter only. */
void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *stride, double *values,
            double *work, const int *work_count, int *info);

#endif
