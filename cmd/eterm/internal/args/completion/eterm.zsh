#compdef eterm
# zsh completion for eterm: source <(eterm completion zsh)
_eterm() {
	local -a answers asked
	local cur=${words[CURRENT]}
	case ${words[CURRENT-1]} in
	-i | -I | --interface)
		compadd -- /sys/class/net/*(:t)
		return
		;;
	esac
	asked=("${(@)words[1,CURRENT-1]}")
	[[ $cur == -* ]] && asked+=("$cur")
	answers=("${(@f)$("${asked[@]}" --generate-bash-completion 2>/dev/null)}")
	if [[ -n ${answers[1]} ]]; then
		_describe eterm answers
	else
		_files
	fi
}
compdef _eterm eterm
