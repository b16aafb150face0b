# Completion of vrrpctl for bash: the words and names come from vrrpctl.

_vrrpctl() {
	local i
	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete \
	    "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	for i in "${!COMPREPLY[@]}"; do
		printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"
	done
}
complete -F _vrrpctl vrrpctl
