namespace Spool.Cli;

/// <summary>Reads small files that options name.</summary>
static class InputFiles
{
    const int MostBytes = 1024 * 1024;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Says whether there is a pipe, or something else that gives what it holds only once, in the place of a file.</summary>
    public static bool IsPipe(string name, CommandContext context) => FileStat.KindOf(context.Resolve(name)) == PlaceKind.Special;

    /// <summary>Reads a file as text. A pipe is read to its end, as a shell makes one of a command; what goes on for longer than any such
    /// file, or gives nothing for 10 seconds, is refused.</summary>
    /// <param name="name">The file's name, as the user gave it.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it cannot be read.</exception>
    public static async Task<string> ReadAsync(string name, CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            // Opening a pipe waits for a writer of it, and that wait cannot be ended: it is left to a thread of its own.
            return await Task.Run(() => Read(name, context.Resolve(name)), cancellationToken)
                .WaitAsync(Patience, context.Time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ThreadStoreException(
                ThreadStoreErrorCode.InvalidRequest,
                $"The file {name} cannot be read: {(IsPipe(name, context) ? "it is a pipe, and no program writes into it to its end" : "the disk does not answer")}.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why =
                e is FileNotFoundException or DirectoryNotFoundException ? "it does not exist"
                : e is UnauthorizedAccessException ? "this user may not read it, or it is a folder"
                : "the disk refused";
            throw new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, $"The file {name} cannot be read: {why}.", e);
        }
    }

    static string Read(string name, string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        var part = new byte[64 * 1024];
        while (file.Read(part) is > 0 and var read)
        {
            if (bytes.Length + read > MostBytes)
                throw ThreadStoreException.InvalidRequest($"The file {name} cannot be read: it is larger than a megabyte, or has no end.");
            bytes.Write(part.AsSpan(0, read));
        }
        bytes.Position = 0;
        using var text = new StreamReader(bytes);
        return text.ReadToEnd();
    }
}
