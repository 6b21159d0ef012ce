#!/bin/sh
# The command line of the kintell-connector: this launcher, and behind its last line a jar. Needs Java 17 or newer.
# KINTELL_JAVA_OPTIONS adds options for Java.

# A stream that is closed would give its number to the next file that Java opens.
{ : <&0; } 2>/dev/null || exec </dev/null
{ : >&1; } 2>/dev/null || exec >/dev/null
{ : >&2; } 2>/dev/null || exec 2>/dev/null

if [ -n "$JAVA_HOME" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || {
    echo "kintell needs Java 17 or newer: install it, or set JAVA_HOME" >&2
    exit 1
  }
fi

# Java cannot tell which of its streams is a terminal.
terminals=
for stream in 0 1 2; do
  if [ -t $stream ]; then terminals=$terminals$stream; fi
done

# Java reads names of files by the locale, and knows ASCII only in the default one.
case ${LC_ALL:-${LC_CTYPE:-$LANG}} in
  *UTF-8* | *utf8*) ;;
  *) LC_ALL=C.UTF-8 && export LC_ALL ;;
esac

# An archive of classes fits one path.
case $0 in
  /*) self=$0 ;;
  *) self=$PWD/$0 ;;
esac

options='-XX:+UseSerialGC -Xmx256m -Xss512k -XX:-UsePerfData -Xshare:auto -Xlog:disable'
case " $* " in
  # Checksums of large files need the better compiler.
  *' import '* | *' check '*) ;;
  # Most commands are over before compiling pays.
  *) options="$options -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=10" ;;
esac

# An archive of loaded classes halves the time of each start. It fits one Java and one version of this file. Java 17 makes
# the other kind of archive, at the exit of a program, without the classes of picocli.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kintell
build=$(ls -lLn "$self" "$java" 2>/dev/null | cksum)
archive=$cache/classes-${build%% *}.jsa
if [ -r "$archive" ]; then
  options="$options -XX:SharedArchiveFile=$archive"
elif [ -z "$KINTELL_NO_CACHE" ] && (umask 077 && mkdir -p "$cache") 2>/dev/null && [ -w "$cache" ]; then
  (
    trap '' INT HUP
    umask 077
    find "$cache" -name 'classes-*' -mtime +30 -exec rm -f {} +
    "$java" $options -XX:DumpLoadedClassList="$archive.$$.list" -jar "$self" rehearse &&
      "$java" $options -Xshare:dump -XX:SharedClassListFile="$archive.$$.list" -XX:SharedArchiveFile="$archive.$$" \
        -cp "$self" &&
      mv "$archive.$$" "$archive"
    rm -f "$archive.$$" "$archive.$$.list"
  ) </dev/null >/dev/null 2>&1 &
fi

exec "$java" $options $KINTELL_JAVA_OPTIONS -Dkintell.terminals="$terminals" -jar "$self" "$@"
exit
