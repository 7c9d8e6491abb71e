#compdef eterm
# zsh completion for eterm: source <(eterm completion zsh)
_eterm() {
	local -a answers
	local line
	for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		[[ -n $line ]] && answers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
	done
	if (( $#answers )); then
		_describe eterm answers
	else
		_files
	fi
}
compdef _eterm eterm
