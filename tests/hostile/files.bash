# shellcheck shell=bash
# Hostile and broken files: a table of what is handed in and its verdict, and for each
# row a function that makes it. Sourced by `check`; PACK is the program of pack.c.
#
# NAME | verdict of tcp-server | words that the report must have | its folder in OUT,
# if that is not NAME

FILES='
symlink-out        | rejected      | symbolic link
symlink-loop       | rejected      | symbolic link
symlink-folder     | not-submitted |
symlink-whole      | rejected      | symbolic link
symlink-archive    | rejected      | symbolic link
fifo               | rejected      | FIFO
fifo-whole         | rejected      | FIFO
socket             | rejected      | socket
folder-as-source   | rejected      | folder
missing            | not-submitted |
empty              | rejected      | the file is empty
huge               | rejected      | larger than 256 KiB
just-fits          | graded        |
unreadable         | rejected      | not readable
unreadable-folder  | rejected      | not readable
not-utf8-inside    | build-failed  |
many-errors        | build-failed  |
deep-parentheses   | build-failed  |
crlf               | graded        | CR LF
bom                | graded        | byte order mark
utf-16             | graded        | it was UTF-16
nul                | rejected      | NUL
case-other         | graded        | taken from tcp-server/Server.C
case-twins         | graded        | not taken: tcp-server/SERVER.c
two-candidates     | rejected      | two files could be
two-the-same       | graded        |
one-folder-deeper  | graded        |
flat               | graded        | taken from server.c
whole-checkout     | graded        | a copy of the course
hidden-only        | not-submitted |
deep-folders       | rejected      | too deep
many-files         | rejected      | more than 20,000
hard-link          | graded        | hard links
at-file            | graded        | taken from
space              | graded        |                       | with two  spaces
newline            | graded        |                       | new%0Aline
dash               | graded        |                       | %2Drf
invalid            | graded        |                       | inv%FF%FEalid
escape-name        | graded        |                       | red%1B[31m
formula            | graded        |                       | =HYPERLINK("x")
formula-plus       | graded        |                       | +1+cmd
formula-at         | graded        |                       | @SUM(1)
html               | graded        |                       | <img src=x onerror=alert(1)>
percent            | graded        |                       | 100%25252F
shell              | graded        |                       | $(touch pwned);`touch pwned`
long-name          | graded        |                       | nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn%~213b83271b358ed9
zip                | graded        |
zip-windows        | graded        |
zip-macosx         | graded        |
zip-slip           | rejected      | leads out of the submission
zip-slip-beside    | graded        |
zip-symlink        | rejected      | symbolic link
zip-encrypted      | rejected      | encrypted
zip-cut            | rejected      | cannot be read\|not a zip
zip-empty          | rejected      | the file is empty
zip-garbage        | rejected      | not a zip
zip-in-zip         | graded        |
zip-bomb           | rejected      | bomb
zip-source-bomb    | rejected      | too large\|bomb
zip-many           | rejected      | bomb
zip-invalid-name   | graded        |
tar                | graded        |
tar-hard-link      | rejected      | hard link
tar-symlink        | rejected      | symbolic link
tar-device         | rejected      | device
tar-fifo           | rejected      | FIFO
tar-absolute       | rejected      | leads out of the submission
tar-bomb           | rejected      | bomb
tar-twice          | rejected      | two files could be
tar-cut            | rejected      | can be read\|cannot be read
sevenzip           | graded        |
rar                | rejected      | a RAR archive
canvas             | graded        |
canvas-late        | graded        | late
moodle             | graded        |
twice              | build-failed  | twice: twice.zip is newer and counts
'

home() { mkdir -p "$1/tcp-server"; }
plain() { printf 'int main(void)\n{\n\treturn 0;\n}\n'; }
source_in() { home "$1" && plain >"$1/tcp-server/server.c"; }
pack() { "$PACK" "$1" "$2.$1"; }         # FORMAT SUBMISSION, entries on standard input
entry() { printf 'f\t%s\tint main(void) { return 0; }\n' "$1"; }

make_symlink_out() { home "$1"; ln -s /etc/passwd "$1/tcp-server/server.c"; }
make_symlink_loop() { home "$1"; ln -s server.c "$1/tcp-server/server.c"; }
make_symlink_folder() { mkdir "$1"; ln -s "$SOLUTIONS/tcp-server" "$1/tcp-server"; }
make_symlink_whole() { ln -s "$SOLUTIONS" "$1"; }
make_symlink_archive() { ln -s /etc/passwd "$1.zip"; }
make_fifo() { home "$1"; mkfifo "$1/tcp-server/server.c"; }
make_fifo_whole() { mkfifo "$1"; }
make_socket() { home "$1"; ( cd "$1" && "$PACK" socket tcp-server/server.c ); }
make_folder_as_source() { mkdir -p "$1/tcp-server/server.c"; }
make_missing() { mkdir "$1"; echo "I was ill" >"$1/note.txt"; }
make_empty() { home "$1"; : >"$1/tcp-server/server.c"; }
make_huge() { source_in "$1"; head -c 300000 /dev/zero | tr '\0' ' ' >>"$1/tcp-server/server.c"; }
make_just_fits() { source_in "$1"; head -c 262100 /dev/zero | tr '\0' '\n' >>"$1/tcp-server/server.c"; }
make_unreadable() { source_in "$1"; chmod 0 "$1/tcp-server/server.c"; }
make_unreadable_folder() { source_in "$1"; chmod 0 "$1"; }
make_not_utf8_inside() { home "$1"; printf '\377\300\200 \033[2J\n' >"$1/tcp-server/server.c"; }
make_many_errors() { home "$1"; for ((i = 0; i < 9000; i++)); do echo "int x$i = y$i;"; done >"$1/tcp-server/server.c"; }
make_deep_parentheses() {
	home "$1"
	{
		printf 'int x = '
		head -c 120000 /dev/zero | tr '\0' '('
		printf 1
		head -c 120000 /dev/zero | tr '\0' ')'
		printf ' + ;\n'
	} >"$1/tcp-server/server.c"
}
make_crlf() { home "$1"; plain | sed 's/$/\r/' >"$1/tcp-server/server.c"; }
make_bom() { home "$1"; { printf '\357\273\277'; plain; } >"$1/tcp-server/server.c"; }
make_utf_16() { home "$1"; { printf '\377\376'; plain | iconv -t UTF-16LE; } >"$1/tcp-server/server.c"; }
make_nul() { home "$1"; printf 'int main(void) { return 0; } \0\n' >"$1/tcp-server/server.c"; }
make_case_other() { home "$1"; plain >"$1/tcp-server/Server.C"; }
make_case_twins() { source_in "$1"; echo "no C at all" >"$1/tcp-server/SERVER.c"; }
make_two_candidates() { mkdir -p "$1/a" "$1/b"; plain >"$1/a/server.c"; echo "int x;" >"$1/b/server.c"; }
make_two_the_same() { mkdir -p "$1/a" "$1/b"; plain >"$1/a/server.c"; plain >"$1/b/server.c"; }
make_one_folder_deeper() { source_in "$1/my homework"; }
make_flat() { mkdir "$1"; plain >"$1/server.c"; }
make_whole_checkout() { source_in "$1/socket-labs/labs"; home "$1/socket-labs/starter"; echo x >"$1/socket-labs/starter/tcp-server/server.c"; }
make_hidden_only() { mkdir -p "$1/.git/tcp-server" "$1/__MACOSX/tcp-server"; plain | tee "$1/.git/tcp-server/server.c" >"$1/__MACOSX/tcp-server/server.c"; }
make_deep_folders() {
	mkdir "$1"
	( cd "$1" && for ((i = 0; i < 300; i++)); do mkdir d && cd d || exit; done; plain >server.c )
}
make_many_files() { mkdir "$1"; ( cd "$1" && seq 20001 | xargs touch ); }
make_hard_link() { source_in "$1"; ln "$1/tcp-server/server.c" "$1/tcp-server/again"; }
make_at_file() { home "$1"; plain | tee "$1/tcp-server/@server.c" >"$1/tcp-server/-o server.c"; }
make_space() { source_in "${1%/*}/with two  spaces"; }
make_newline() { source_in "${1%/*}/new"$'\n'"line"; }
make_dash() { source_in "${1%/*}/-rf"; }
make_invalid() { source_in "${1%/*}/"$'inv\xff\xfealid'; }
make_escape_name() { source_in "${1%/*}/"$'red\e[31m'; }
make_formula() { source_in "${1%/*}/=HYPERLINK(\"x\")"; }
make_formula_plus() { source_in "${1%/*}/+1+cmd"; }
make_formula_at() { source_in "${1%/*}/@SUM(1)"; }
make_html() { source_in "${1%/*}/<img src=x onerror=alert(1)>"; }
make_percent() { source_in "${1%/*}/100%252F"; }
make_shell() { source_in "${1%/*}/\$(touch pwned);\`touch pwned\`"; }
make_long_name() { source_in "${1%/*}/$(head -c 250 /dev/zero | tr '\0' n)"; }
make_zip() { entry tcp-server/server.c | pack zip "$1"; }
make_zip_windows() { entry 'work\tcp-server\server.c' | pack zip "$1"; }
make_zip_macosx() { { entry tcp-server/server.c; entry __MACOSX/tcp-server/._server.c; entry __MACOSX/tcp-server/server.c; } | pack zip "$1"; }
make_zip_slip() { entry '../../../../tmp/hostile-slip/server.c' | pack zip "$1"; }
make_zip_slip_beside() { { entry tcp-server/server.c; entry '../tcp-server/server.c'; } | pack zip "$1"; }
make_zip_symlink() { printf 'l\ttcp-server/server.c\t/etc/passwd\n' | pack zip "$1"; }
make_zip_encrypted() { source_in "$1.d"; ( cd "$1.d" && zip -qr -P secret "$1.zip" . ); rm -r "$1.d"; }
make_zip_cut() { make_zip "$1"; truncate -s 60 "$1.zip"; }
make_zip_empty() { : >"$1.zip"; }
make_zip_garbage() { head -c 5000 "$PACK" | tail -c 3000 >"$1.zip"; }
make_zip_in_zip() { make_zip "$1.in"; printf 'F\twork.zip\t%s\n' "$1.in.zip" | pack zip "$1"; rm "$1.in.zip"; }
make_zip_bomb() { { entry tcp-server/server.c; for i in 1 2; do printf 'z\tz%s\t300000000\n' $i; done; } | pack zip "$1"; }
make_zip_source_bomb() { printf 'z\ttcp-server/server.c\t50000000\n' | pack zip "$1"; }
make_zip_many() { { printf 'n\tx\t21000\n'; entry tcp-server/server.c; } | pack zip "$1"; }
make_zip_invalid_name() { { entry tcp-server/server.c; entry $'\xff\xfe/na\xffme.txt'; } | pack zip "$1"; }
make_tar() { entry ./tcp-server/server.c | pack tar "$1"; }
make_tar_hard_link() { printf 'h\ttcp-server/server.c\t/etc/passwd\n' | pack tar "$1"; }
make_tar_symlink() { printf 'l\tserver.c\t../../solutions/tcp-server/server.c\n' | pack tar "$1"; }
make_tar_device() { printf 'c\tserver.c\t\n' | pack tar "$1"; }
make_tar_fifo() { printf 'p\tserver.c\t\n' | pack tar "$1"; }
make_tar_absolute() { entry /tmp/hostile-slip/server.c | pack tar "$1"; }
make_tar_bomb() { { printf 'z\tzeros\t300000000\n'; entry tcp-server/server.c; } | pack tgz "$1"; }
make_tar_twice() { { entry tcp-server/server.c; printf 'f\ttcp-server/server.c\tint other;\n'; } | pack tar "$1"; }
make_tar_cut() { entry tcp-server/server.c | pack tgz "$1"; truncate -s -20 "$1.tgz"; }
make_sevenzip() { entry tcp-server/server.c | pack 7z "$1"; }
make_rar() { printf 'Rar!\032\007\001\000 and so on' >"$1.rar"; }
make_canvas() { plain >"${1}_1234_56789_server-2.c"; echo x >"${1}_1234_56780_server.c"; }
make_canvas_late() { plain >"${1}_LATE_77_56790_server.c"; }
make_moodle() { source_in "${1}_4711_assignsubmission_file_"; }
make_twice() {
	source_in "$1"
	touch -d '2020-01-01' "$1/tcp-server/server.c" "$1"
	printf 'f\ttcp-server/server.c\tint no_main;\n' | pack zip "$1"
}

# Makes all rows of the table, or those named, in folder DIR, and prints a line each:
# the folder in OUT, verdict, words.
make_files() {
	local dir=$1 name verdict words folder
	shift
	while IFS='|' read -r name verdict words folder; do
		name=$(trim "$name") verdict=$(trim "$verdict") words=$(trim "${words//\\/|}")
		folder=$(trim "$folder")
		[[ -n $name ]] || continue
		[[ $# -eq 0 || " $* " == *" $name "* ]] || continue
		"make_${name//-/_}" "$dir/$name"
		printf '%s\t%s\t%s\t%s\n' "${folder:-$name}" "tcp-server" "$verdict" "$words"
	done <<<"${FILES//\\|/\\}"
}

trim() {
	local text=$1
	text=${text#"${text%%[! ]*}"}
	printf '%s' "${text%"${text##*[! ]}"}"
}
