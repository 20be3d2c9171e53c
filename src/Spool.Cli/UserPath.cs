namespace Spool.Cli;

/// <summary>Resolves paths that a person wrote.</summary>
static class UserPath
{
    /// <summary>Gives an absolute path. <c>~</c> at its beginning is the user's own folder, also where no shell has seen to that: in <c>--home=~/x</c>, in a variable of a service.</summary>
    /// <param name="path">The path.</param>
    /// <param name="userFolder">The user's own folder, or an empty text.</param>
    /// <param name="workingDirectory">The folder that relative paths belong to.</param>
    public static string Resolve(string path, string userFolder, string workingDirectory) =>
        Path.GetFullPath(userFolder.Length > 0 && (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) ? Path.Join(userFolder, path.AsSpan(1)) : path, workingDirectory);
}
