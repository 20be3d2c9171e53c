using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Spool;
using Xunit;

namespace Architecture.Tests;

/// <summary>The folders of the core need each other only along the arrows that ARCHITECTURE.md shows.</summary>
public sealed partial class FolderRules
{
    [Fact]
    public void Folders_of_the_core_need_each_other_only_along_the_documented_arrows()
    {
        var layers = Layers();
        var arrows = Arrows().Distinct().ToList();

        Assert.Contains(("Storage", "Items"), arrows.Select(arrow => (arrow.From, arrow.To)));
        Assert.Equal(layers.Order(), FoldersOfTypes().Values.Distinct().Order());
        Assert.DoesNotContain(arrows, arrow => layers.IndexOf(arrow.To) > layers.IndexOf(arrow.From));
    }

    // The folders in the order of the table in the document: each needs only those above it.
    static List<string> Layers()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        var table = document[document.IndexOf("`src/Spool`, in layers", StringComparison.Ordinal)..];
        return [.. Row().Matches(table[..table.IndexOf("\n\n`src/", StringComparison.Ordinal)]).Select(row => row.Groups["folder"].Value)];
    }

    static IEnumerable<(string From, string To, string Type, string Needed)> Arrows()
    {
        var folders = FoldersOfTypes();
        foreach (var type in typeof(ThreadId).Assembly.GetTypes())
        {
            if (FolderOf(type) is not { } from)
                continue;
            foreach (var needed in NeededBy(type))
            {
                if (FolderOf(needed) is { } to && to != from)
                    yield return (from, to, Outermost(type).Name, Outermost(needed).Name);
            }
        }

        string? FolderOf(Type type) => folders.GetValueOrDefault(Outermost(type).Name.Split('`')[0]);
    }

    static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    static Dictionary<string, string> FoldersOfTypes()
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var root = Path.Combine(Repository.Root, "src", "Spool");
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            if (Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar) is not [var folder, _, ..] || folder is "obj" or "bin")
                continue;
            foreach (Match match in Declaration().Matches(File.ReadAllText(file)))
                folders[match.Groups["name"].Value] = folder;
        }
        return folders;
    }

    static IEnumerable<Type> NeededBy(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Own).Select(field => field.FieldType),
            .. type.GetMethods(Own).SelectMany(Signature).Concat(type.GetMethods(Own).SelectMany(Body)),
            .. type.GetConstructors(Own).SelectMany(Signature).Concat(type.GetConstructors(Own).SelectMany(Body)),
        ];
        return named.OfType<Type>().SelectMany(Parts).Distinct();
    }

    static IEnumerable<Type> Signature(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).Append((method as MethodInfo)?.ReturnType ?? typeof(void));

    static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().Where(part => !part.IsGenericParameter).SelectMany(Parts).Append(type)
        : [type];

    // Every type, and every type of a member, that the instructions of a method name.
    static IEnumerable<Type> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        var code = body.GetILAsByteArray()!;
        for (var at = 0; at < code.Length; )
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = Operations[value];
            at += operation.Size;
            if (
                operation.OperandType
                is OperandType.InlineMethod
                    or OperandType.InlineField
                    or OperandType.InlineType
                    or OperandType.InlineTok
            )
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(code, at),
                    method.DeclaringType!.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : null
                );
                if (member is Type type)
                    yield return type;
                else if (member?.DeclaringType is { } declaring)
                    yield return declaring;
                if (member is MethodInfo { IsGenericMethod: true } generic)
                {
                    foreach (var argument in generic.GetGenericArguments().Where(argument => !argument.IsGenericParameter))
                        yield return argument;
                }
            }
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    static readonly Dictionary<short, OpCode> Operations = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(operation => operation.Value);

    [GeneratedRegex(@"^\| `(?<folder>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(
        @"^(?:\[[^\n]*\]\s*)*(?:(?:public|internal|sealed|static|abstract|readonly|partial|ref|file|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+(?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Declaration();
}
