# fish completion for eterm: eterm completion fish | source
function __eterm_complete
	set -l typed (commandline -opc)
	$typed[1] __complete $typed[2..-1] (commandline -ct) 2>/dev/null
end
complete -c eterm -a '(__eterm_complete)'
