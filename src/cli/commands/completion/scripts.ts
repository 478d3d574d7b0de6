/**
 * The scripts that shells read. Each runs `randose completion -- WORDS…` with the words up to the cursor, and
 * gets a line for each word that can follow (`cli/completion/complete.ts`). What is typed is passed on as it is: a
 * script never runs it, so a `$(…)` on the line does nothing.
 */
export const SCRIPTS = {
  bash: `# For bash. To install it: randose docs install completion
_randose() {
  local word about
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    case $word in
      :files) compopt -o default ;;
      :folders) compopt -o dirnames ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <(randose completion -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _randose randose
`,
  zsh: `#compdef randose
# For zsh. To install it: randose docs install completion
_randose() {
  local line
  local -a offered
  for line in "\${(@f)$(randose completion -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) _files ;;
      :folders) _files -/ ;;
      *$'\\t'*) offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      ?*) offered+=("\${line//:/\\\\:}") ;;
    esac
  done
  (( $#offered )) && _describe -V randose offered
}
if [[ $funcstack[1] == _randose ]]; then
  _randose "$@"
else
  compdef _randose randose
fi
`,
  fish: `# For fish. To install it: randose docs install completion
function __randose_complete
    set -l word (commandline -ct)
    set -l typed (commandline -opc) $word
    set -l ask randose completion -- $typed[2..-1]
    for line in ($ask 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $word
            case ':folders'
                __fish_complete_directories $word ''
            case '*'
                echo $line
        end
    end
end
complete -c randose -f -a '(__randose_complete)'
`,
} as const;

export type Shell = keyof typeof SCRIPTS;
