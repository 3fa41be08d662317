/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Longer than any key or token. */
#define MAX_SECRET 8192

static gboolean
readable_cb (int          descriptor,
             GIOCondition condition,
             gpointer     user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits until there is something to read; in the main loop, so that Ctrl-C is heard meanwhile. */
static gboolean
wait_readable (GranaryCli *self)
{
  gboolean readable = FALSE;
  guint source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb,
                                &readable);

  while (!readable && !g_cancellable_is_cancelled (self->cancellable))
    g_main_context_iteration (NULL, TRUE);

  if (!readable)
    g_source_remove (source);
  return readable;
}

static char *
read_answer (GranaryCli *self)
{
  g_autofree char *line = NULL;
  gsize size = 0;

  if (!wait_readable (self))
    {
      fputc ('\n', stderr);
      return NULL;
    }

  if (getline (&line, &size, stdin) <= 0)
    return NULL;

  return g_strdup (g_strstrip (line));
}

/**
 * granary_cli_ask:
 * @self: the run
 * @question: what is asked, with what follows it on the line
 *
 * Asks on the terminal; there has to be one.
 *
 * Returns: whether the answer was yes
 */
gboolean
granary_cli_ask (GranaryCli *self,
                 const char *question)
{
  g_autofree char *answer = NULL;

  fprintf (stderr, "%s ", question);
  fflush (stderr);
  answer = read_answer (self);

  return answer != NULL &&
         (g_ascii_strcasecmp (answer, "y") == 0 || g_ascii_strcasecmp (answer, "yes") == 0);
}

/**
 * granary_cli_confirm:
 * @self: the run
 * @wording: what is asked
 * @error: return location
 *
 * Asks on the terminal. Fails with %G_OPTION_ERROR when there is none.
 *
 * Returns: whether the answer was yes; otherwise @error is cancellation
 */
gboolean
granary_cli_confirm (GranaryCli            *self,
                     const GranaryWording  *wording,
                     GError               **error)
{
  if (!granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --yes is needed."));
      return FALSE;
    }

  fprintf (stderr, "%s\n%s\n", wording->title, wording->body);
  /* Translators: y is the letter that granary-cli takes for yes. */
  if (granary_cli_ask (self, _("Go on? [y/N]")))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "declined");
  return FALSE;
}

/* Reads up to the end of a line, a byte at a time: whatever follows is for the next question, and
 * nothing of it stays in a buffer. -1 when there is no line. */
static int
read_line (GranaryCli *self,
           char       *line,
           int         size)
{
  int length = 0;

  for (;;)
    {
      char c;
      ssize_t n;

      if (!wait_readable (self))
        return -1;
      n = read (STDIN_FILENO, &c, 1);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return length > 0 ? length : -1;
      if (c == '\n')
        return length;
      if (length + 1 < size)
        line[length++] = c;
    }
}

/**
 * granary_cli_read_secret:
 * @self: the run
 * @prompt: what is asked for
 * @hidden: whether what is typed must not be seen
 *
 * Reads a line of standard input, asking for it when that is a terminal.
 *
 * Returns: (transfer full) (nullable): the line without space around it; give it to
 *   granary_cli_free_secret(). %NULL when there is none
 */
char *
granary_cli_read_secret (GranaryCli *self,
                         const char *prompt,
                         gboolean    hidden)
{
  gboolean is_terminal = granary_cli_is_terminal (STDIN_FILENO);
  struct termios before;
  gboolean is_changed = FALSE;
  char line[MAX_SECRET];
  char *secret = NULL;
  int length;

  /* Before it is asked for: whatever is typed from then on must not be seen. */
  if (is_terminal && hidden && tcgetattr (STDIN_FILENO, &before) == 0)
    {
      struct termios silent = before;

      silent.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
      is_changed = tcsetattr (STDIN_FILENO, TCSADRAIN, &silent) == 0;
    }
  if (is_terminal)
    {
      fprintf (stderr, "%s ", prompt);
      fflush (stderr);
    }

  length = read_line (self, line, sizeof line);

  if (is_changed)
    tcsetattr (STDIN_FILENO, TCSADRAIN, &before);
  if (is_terminal && (is_changed || length < 0))
    fputc ('\n', stderr);

  if (length >= 0)
    {
      line[length] = '\0';
      secret = g_strdup (g_strstrip (line));
    }
  explicit_bzero (line, sizeof line);
  return secret;
}

/**
 * granary_cli_free_secret:
 * @secret: (nullable): of granary_cli_read_secret()
 *
 * Overwrites it before it is freed.
 */
void
granary_cli_free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
