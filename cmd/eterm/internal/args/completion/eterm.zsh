#compdef eterm
# zsh completion for eterm: source <(eterm completion zsh)
_eterm() {
	local -a answers fields
	local line files
	for line in "${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
		if [[ $line == :files* ]]; then
			files=1
		elif [[ $line == *=$'\t'* ]]; then # a field's value follows at once
			fields+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
		elif [[ -n $line ]]; then
			answers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
		fi
	done
	(( $#answers )) && _describe eterm answers
	(( $#fields )) && _describe eterm fields -S ''
	if [[ -n $files ]]; then
		compset -P '--*='
		_files
	fi
}
compdef _eterm eterm
