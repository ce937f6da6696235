/* Binds what is loaded at run time to its own functions.
 *
 * A library's call of its own global function goes by name. The loader looks the name up in the program first, then in
 * the libraries that the program is linked to. A library with a function gamma or crc32 of its own is silently given
 * the one of libm or libz. RTLD_DEEPBIND would turn the order around for every name, malloc, environ and std::cout
 * included, which breaks programs with an allocator, a sanitizer or copies of those variables of their own. Here, only
 * the names that a library defines itself are bound anew.
 */
#ifndef EOS_OWN_NAMES_H
#define EOS_OWN_NAMES_H

/* What is loaded at a time. */
typedef struct own_names_before own_names_before;

/* Returns NULL if there is not enough memory. */
own_names_before *own_names_remember(void);

void own_names_forget(own_names_before *before);

/* Called for each reference that was bound anew.
 *
 * name: the function or variable. owner: the file that refers to it. elsewhere: the file whose definition it had got.
 * early: whether the owner has initialisers, which have run by now and may have used that one. All are lent.
 */
typedef void own_names_found(void *context, const char *name, const char *owner, const char *elsewhere, int early);

/* Binds handle, which dlopen gave for RTLD_NOW, and what came along with it since `before`, to their own definitions.
 *
 * Three kinds of names stay as they are. Names that begin with an underscore belong to the compiler or are mangled
 * names of C++; both must be the same everywhere. Functions that allocate belong to the process. A function of
 * LD_PRELOAD is meant to replace the one of the library.
 *
 * Returns 0, or an errno if a table can't be written to.
 */
int own_names_bind(const own_names_before *before, void *handle, own_names_found *found, void *context);

#endif
