/*
 * Copyright (c) 2026 The vrrpd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * Runs a fuzz target over files and folders named as arguments, so that the
 * corpus is replayed where there is no libFuzzer.
 */

#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX	(1 << 20)

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 replay_file(const char *);
static void	 replay_folder(const char *);
static void	 replay_cut(const uint8_t *, size_t);

static size_t	 replayed;

int
main(int argc, char *argv[])
{
	struct stat	 st;
	int		 i;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == -1)
			err(1, "%s", argv[i]);
		if (S_ISDIR(st.st_mode))
			replay_folder(argv[i]);
		else
			replay_file(argv[i]);
	}
	if (replayed == 0)
		errx(1, "no input");
	printf("%zu inputs\n", replayed);
	return (0);
}

static void
replay_folder(const char *path)
{
	char		 name[4096];
	struct dirent	*de;
	DIR		*dir;

	if ((dir = opendir(path)) == NULL)
		err(1, "%s", path);
	while ((de = readdir(dir)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(name, sizeof(name), "%s/%s", path,
		    de->d_name) >= sizeof(name))
			errx(1, "%s/%s: name too long", path, de->d_name);
		replay_file(name);
	}
	closedir(dir);
}

static void
replay_file(const char *path)
{
	uint8_t	*buf, *copy;
	FILE	*fp;
	size_t	 len;

	if ((fp = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	if ((buf = malloc(INPUT_MAX)) == NULL)
		err(1, NULL);
	len = fread(buf, 1, INPUT_MAX, fp);
	if (ferror(fp))
		err(1, "%s", path);
	fclose(fp);
	/* An allocation of exactly the size, so that a sanitizer sees where
	 * it ends. */
	if ((copy = malloc(len + (len == 0))) == NULL)
		err(1, NULL);
	memcpy(copy, buf, len);
	free(buf);
	LLVMFuzzerTestOneInput(copy, len);
	replay_cut(copy, len);
	free(copy);
	replayed++;
}

/* Every input also cut short, and with one byte changed at each place. */
static void
replay_cut(const uint8_t *buf, size_t len)
{
	uint8_t	*copy;
	size_t	 i, step;

	step = len / 64 + 1;
	for (i = 0; i < len; i += step) {
		if ((copy = malloc(i + (i == 0))) == NULL)
			err(1, NULL);
		memcpy(copy, buf, i);
		LLVMFuzzerTestOneInput(copy, i);
		free(copy);
		if ((copy = malloc(len)) == NULL)
			err(1, NULL);
		memcpy(copy, buf, len);
		copy[i] ^= 0xff;
		LLVMFuzzerTestOneInput(copy, len);
		free(copy);
	}
}
