using System.Security.Cryptography;

namespace Spool.Local.Tests;

/// <summary>Every file of a home with its bytes, to see that nothing was written. The folder of the locks does not count: it is empty
/// between two writers.</summary>
static class HomeBytes
{
    public static SortedDictionary<string, string> Of(string home)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var file in Directory
                .EnumerateFiles(home, "*", SearchOption.AllDirectories)
                .Where(file => !file.Contains("thread-writer-locks", StringComparison.Ordinal))
        )
            files.Add(
                Path.GetRelativePath(home, file),
                $"{new FileInfo(file).Length} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"
            );
        return files;
    }
}
