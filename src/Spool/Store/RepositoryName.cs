namespace Spool;

/// <summary>How repositories are compared, however their addresses are spelled. Every store filters by this.</summary>
/// <remarks>
/// <c>https://github.com/openai/codex.git</c>, <c>git@github.com:OpenAI/codex</c> and <c>ssh://git@github.com:22/openai/codex/</c> are one
/// repository, and <c>openai/codex</c> and <c>codex</c> name it too: what is asked for may be the end of an address, in whole parts. The
/// way to the host, the user, the port, <c>.git</c> at the end and the case of letters (<see cref="FoldedText"/>) do not count. No server is asked.
/// </remarks>
public static class RepositoryName
{
    /// <summary>Gives the form of an address that is equal for all its spellings: its parts from the last to the first, with slashes
    /// between. So what begins with the form of a name and a slash, or is that form, is a repository that the name means.</summary>
    /// <param name="address">The address, or the end of one.</param>
    /// <returns>The form, for comparison only.</returns>
    public static string KeyOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = address.Trim().Replace('\\', '/');
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? text : text[(scheme + 3)..];
        var host = rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? rest[..slash] : rest;
        var path = rest[host.Length..];
        // The user stands before the host; without a scheme a colon ends the host, and with one it begins the port.
        host = host[(host.LastIndexOf('@') + 1)..];
        if (host.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
        {
            path = scheme < 0 ? "/" + host[(colon + 1)..] + path : path;
            host = host[..colon];
        }
        var whole = (host + path).TrimEnd('/');
        if (whole.EndsWith(".git", StringComparison.OrdinalIgnoreCase))
            whole = whole[..^4].TrimEnd('/');
        var parts = FoldedText.Of(whole).Split('/', StringSplitOptions.RemoveEmptyEntries);
        Array.Reverse(parts);
        return string.Join('/', parts);
    }
}
