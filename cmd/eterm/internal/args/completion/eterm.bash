# bash completion for eterm: source <(eterm completion bash)
_eterm() {
	# Not COMP_WORDS: bash cuts words at = and : too, and replaces what is behind.
	local line=${COMP_LINE:0:COMP_POINT} words current before answer
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	current=${words[${#words[@]} - 1]}
	before=${current%"${current##*[=:]}"}
	COMPREPLY=()
	while IFS=$'\t' read -r answer _; do
		if [[ $answer == :files ]]; then
			compopt -o filenames 2>/dev/null
			while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "${current#"$before"}")
		else
			COMPREPLY+=("${answer#"$before"}")
		fi
	done < <("${1/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
	# A field's value follows its = at once.
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	return 0
}
complete -F _eterm eterm
