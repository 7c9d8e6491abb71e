# fish completion for eterm: eterm completion fish | source
function __eterm_complete
	set -l typed (commandline -opc)
	set -l current (commandline -ct)
	for answer in ($typed[1] __complete $typed[2..-1] $current 2>/dev/null)
		if string match -q ':files*' -- $answer
			set -l before (string match -r -- '^--[^=]*=' $current; or echo '')
			for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $current))
				echo $before$file
			end
		else
			echo $answer
		end
	end
end
complete -c eterm -f -a '(__eterm_complete)'
