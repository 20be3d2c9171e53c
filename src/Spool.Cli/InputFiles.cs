namespace Spool.Cli;

/// <summary>Reads small files that options name.</summary>
static class InputFiles
{
    const int MostBytes = 1024 * 1024;

    /// <summary>Reads a file as text. A pipe is read to its end, as a shell makes one of a command; what goes on for longer than any such file is refused.</summary>
    /// <param name="name">The file's name, as the user gave it.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it cannot be read.</exception>
    public static async Task<string> ReadAsync(string name, CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(context.Resolve(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            var part = new byte[64 * 1024];
            while (await file.ReadAsync(part, cancellationToken) is > 0 and var read)
            {
                if (bytes.Length + read > MostBytes)
                    throw ThreadStoreException.InvalidRequest($"The file {name} cannot be read: it is larger than a megabyte, or has no end.");
                await bytes.WriteAsync(part.AsMemory(0, read), cancellationToken);
            }
            bytes.Position = 0;
            using var text = new StreamReader(bytes);
            return await text.ReadToEndAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : e is UnauthorizedAccessException ? "this user may not read it, or it is a folder" : "the disk refused";
            throw new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, $"The file {name} cannot be read: {why}.", e);
        }
    }
}
