# bash completion for eterm: source <(eterm completion bash)
_eterm() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	case $prev in
	-i | -I | --interface)
		COMPREPLY=($(compgen -W "$(cd /sys/class/net && echo *)" -- "$cur"))
		return
		;;
	esac
	local -a words=("${COMP_WORDS[@]:0:COMP_CWORD}")
	[[ $cur == -* ]] && words+=("$cur")
	COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null | cut -d: -f1)" -- "$cur"))
	# A field's value follows its = at once.
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -o bashdefault -o default -F _eterm eterm
