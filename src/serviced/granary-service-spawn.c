/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-spawn-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors behind standard input, output and error. */
#define MAX_FDS 4

/* When memory runs out, services go before the programs that someone works with. */
#define OOM_SCORE "500"

/* What the child needs after fork(), where nothing may be allocated. */
typedef struct
{
  pid_t  parent;
  gint64 memory;
} Setup;

/* Between fork() and exec(): only functions that are safe in signal handlers */

static void
die_with (pid_t parent,
          int   signal_number)
{
  prctl (PR_SET_PDEATHSIG, signal_number);
  if (getppid () != parent)
    _exit (EXIT_FAILURE);
}

static void
unblock_signals (void)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
forbid_core (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
}

static void
set_limits (const Setup *setup)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  ssize_t written;

  if (fd >= 0)
    {
      /* Where that is refused it ends later than it might: no reason not to start it. */
      written = write (fd, OOM_SCORE, strlen (OOM_SCORE));
      (void) written;
      close (fd);
    }
  if (setup->memory > 0)
    {
      const struct rlimit data = { (rlim_t) setup->memory, (rlim_t) setup->memory };

      setrlimit (RLIMIT_DATA, &data);
    }
}

/* SIGKILL to each child that this process has now: those of children that ended are among them. */
static void
kill_children (pid_t first)
{
  char text[4096];
  ssize_t length;
  pid_t pid = 0;
  int fd;

  /* The guard has one thread: its children are those of the process. A kernel may be made without
   * that file; then those of the first one's own group have to do. */
  fd = open ("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    {
      kill (-first, SIGKILL);
      return;
    }
  while ((length = read (fd, text, sizeof text)) > 0)
    for (ssize_t i = 0; i < length; i++)
      {
        if (text[i] >= '0' && text[i] <= '9')
          {
            pid = pid * 10 + (text[i] - '0');
            continue;
          }
        if (pid > 1)
          kill (pid, SIGKILL);
        pid = 0;
      }
  close (fd);
}

/* The guard: ends as the first child does, once nothing that came of it is left, wherever that
 * went. So whoever waits for the guard has waited for all of them. SIGTERM, which is also what the
 * end of the supervisor sends, ends them all. */
static void
guard (pid_t           first,
       const sigset_t *signals)
{
  int status = 0;
  gboolean is_over = FALSE;

  close_range (0, ~0U, 0);
  while (!is_over)
    {
      int number = sigwaitinfo (signals, NULL);
      pid_t ended;
      int ended_status;

      if (number == SIGTERM)
        break;
      while ((ended = waitpid (-1, &ended_status, WNOHANG)) > 0)
        if (ended == first)
          {
            status = ended_status;
            is_over = TRUE;
          }
    }

  for (;;)
    {
      const struct timespec moment = { 0, 2 * 1000 * 1000 };
      int ended_status;
      pid_t ended;

      kill_children (first);
      while ((ended = waitpid (-1, &ended_status, WNOHANG)) > 0)
        if (ended == first)
          status = ended_status;
      if (ended < 0 && errno == ECHILD)
        break;
      nanosleep (&moment, NULL);
    }

  if (WIFSIGNALED (status))
    {
      signal (WTERMSIG (status), SIG_DFL);
      unblock_signals ();
      raise (WTERMSIG (status));
    }
  _exit (WEXITSTATUS (status));
}

/* Returns in a child of the guard. */
static void
set_up_child (gpointer data)
{
  const Setup *setup = data;
  pid_t self = getpid ();
  sigset_t signals;
  pid_t child;

  forbid_core ();
  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGCHLD);
  sigprocmask (SIG_SETMASK, &signals, NULL);
  signal (SIGCHLD, SIG_DFL);
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  setpgid (0, 0);
  die_with (setup->parent, SIGTERM);

  child = _Fork ();
  if (child < 0)
    _exit (EXIT_FAILURE);
  if (child > 0)
    guard (child, &signals);

  unblock_signals ();
  setsid ();
  die_with (self, SIGKILL);
  set_limits (setup);
}

/* Public functions */

/**
 * granary_service_spawn:
 * @command: what to run
 * @pid: (out): where the process id goes
 * @error: return location
 *
 * Starts a process that ends when the calling thread does: call it on the main one. A guard stays
 * between the two; @pid is that of the guard.
 *
 * Errors: those of g_spawn_async().
 *
 * Returns: whether it runs; it has to be waited for then
 */
gboolean
granary_service_spawn (const GranaryServiceCommand  *command,
                       GPid                         *pid,
                       GError                      **error)
{
  static const int targets[MAX_FDS] = { 3, 4, 5, 6 };
  const GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH;
  Setup setup;

  g_return_val_if_fail (command != NULL && command->n_fds <= MAX_FDS, FALSE);
  g_return_val_if_fail (pid != NULL, FALSE);

  setup.parent = getpid ();
  setup.memory = command->memory;

  return g_spawn_async_with_pipes_and_fds (command->folder, command->argv, command->environment,
                                           flags, set_up_child, &setup, -1, command->output,
                                           command->output, command->fds, targets, command->n_fds,
                                           pid, NULL, NULL, NULL, error);
}

/**
 * granary_service_spawn_kill:
 * @pid: as of granary_service_spawn(), not waited for yet
 *
 * Ends it with all that came of it.
 */
void
granary_service_spawn_kill (GPid pid)
{
  g_return_if_fail (pid > 1);

  kill (pid, SIGTERM);
}
