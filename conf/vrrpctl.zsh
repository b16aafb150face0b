#compdef vrrpctl
# Completion of vrrpctl for zsh: the words and names come from vrrpctl.

local -a list
list=(${(f)"$($words[1] complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
compadd -a list
