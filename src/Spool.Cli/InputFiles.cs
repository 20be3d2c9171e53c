namespace Spool.Cli;

/// <summary>Reads small files that options name.</summary>
static class InputFiles
{
    /// <summary>Reads a file as text.</summary>
    /// <param name="name">The file's name, as the user gave it.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it cannot be read.</exception>
    public static async Task<string> ReadAsync(string name, CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(context.Resolve(name), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : e is UnauthorizedAccessException ? "this user may not read it, or it is a folder" : "the disk refused";
            throw new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, $"The file {name} cannot be read: {why}.", e);
        }
    }
}
