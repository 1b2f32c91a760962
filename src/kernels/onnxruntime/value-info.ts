/** What ONNX is told of a tensor that enters or leaves a graph. */
import { create } from '@bufbuild/protobuf';
import type { ValueType } from '../../contracts/program.js';
import type { Name } from './graph.js';
import { FLOAT, INT32 } from './lowerings.js';
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx.gen.js';

/** @param freeBatch whether the first axis may be of any length; default false */
export function valueInfo(name: Name, { dtype, shape }: ValueType, freeBatch = false): ValueInfoProto {
  const dim = shape.map((length, axis) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        freeBatch && axis === 0 ? { case: 'dimParam', value: 'batch' } : { case: 'dimValue', value: BigInt(length) },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: dtype === 'int32' ? INT32 : FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}
