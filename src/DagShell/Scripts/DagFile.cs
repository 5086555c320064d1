using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace DagShell.Scripts;

/// <summary>A dag file: an ordinary script that emits nodes or dags.</summary>
internal static class DagFile
{
    private static readonly ScriptBlock Call = ScriptBlock.Create("param($File, $Arguments) & $File @Arguments");

    /// <summary>Finds the script in a file.</summary>
    /// <param name="path">Its full path, taken as it is.</param>
    /// <param name="invoke">The caller's session.</param>
    /// <param name="script">The script.</param>
    /// <returns>Whether the file is one.</returns>
    public static bool TryFind(string path, CommandInvocationIntrinsics invoke, [NotNullWhen(true)] out ExternalScriptInfo? script)
    {
        script = invoke.GetCommand(path, CommandTypes.ExternalScript) as ExternalScriptInfo;
        return script is not null;
    }

    /// <summary>Runs a dag file in the caller's session, in a scope of its own.</summary>
    /// <param name="script">The file's script.</param>
    /// <param name="parameters">Values by name; those that the file's <c>param()</c> declares are passed.</param>
    /// <param name="invoke">The caller's session.</param>
    /// <returns>What it emits.</returns>
    /// <exception cref="ParseException">The file is not a script that can be parsed.</exception>
    /// <exception cref="RuntimeException">The file ended with an error.</exception>
    public static Collection<PSObject> Invoke(ExternalScriptInfo script, Hashtable parameters, CommandInvocationIntrinsics invoke)
    {
        Hashtable arguments = [];
        foreach (string name in script.Parameters?.Keys.ToArray() ?? [])
        {
            if (parameters.ContainsKey(name))
            {
                arguments[name] = parameters[name];
            }
        }

        return invoke.InvokeScript(useLocalScope: true, Call, null, script, arguments);
    }
}
