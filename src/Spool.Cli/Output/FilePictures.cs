using System.Buffers.Text;
using System.Security.Cryptography;

namespace Spool.Cli;

/// <summary>Pictures that are files in a folder beside a transcript: <c>thread.files</c> for <c>thread.html</c>. A picture is named by what
/// it holds, so one that a thread shows often is one file, and an export that is made again writes the same files.</summary>
/// <param name="target">The absolute path of the transcript.</param>
sealed class FilePictures(string target) : IPictures
{
    readonly string _folder = Path.ChangeExtension(target, null) + ".files";
    readonly HashSet<string> _known = new(StringComparer.Ordinal);
    readonly List<string> _made = [];
    bool _hasMadeFolder;

    public string Sources => "'self' file:"; // a page that is opened from a disk is no origin

    public string Words =>
        _known.Count == 0 ? "" : $"{ThreadLinks.Count(_known.Count, "picture", "pictures")} in {Path.GetFileName(_folder)} beside it";

    public string AddressOf(StoredPicture picture)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(picture.Base64.Length)];
        if (!Convert.TryFromBase64Chars(picture.Base64, bytes, out var length))
            return ""; // base64 was checked when it was read
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, length)).AsSpan(0, 8)) + picture.Extension;
        if (_known.Add(name))
            Write(Path.Join(_folder, name), bytes.AsSpan(0, length));
        return $"{Uri.EscapeDataString(Path.GetFileName(_folder))}/{name}";
    }

    /// <summary>Removes what was written, for a transcript that is not kept.</summary>
    public void Remove()
    {
        foreach (var file in _made)
            File.Delete(file);
        if (_hasMadeFolder)
            Directory.Delete(_folder);
    }

    void Write(string path, ReadOnlySpan<byte> bytes)
    {
        if (File.Exists(_folder))
            throw Cannot(null);
        try
        {
            if (!Directory.Exists(_folder))
            {
                Directory.CreateDirectory(_folder);
                _hasMadeFolder = true;
            }
            if (File.Exists(path))
                return;
            _made.Add(path);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            file.Write(bytes);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Cannot(e);
        }
    }

    ThreadStoreException Cannot(Exception? cause) =>
        new(
            ThreadStoreErrorCode.InvalidRequest,
            $"The pictures cannot be written to {_folder}; remove what is there, or choose --images inline.",
            cause
        );
}
